"""Letters: collects confidential reference letters for applications to a program.

The map of the floors. Each imports only downward, and `lint-imports` holds it.

    __main__      the way in: `letters` and `python -m letters`
    cli/          the commands, one file each, loaded when they are called
    demo/         the example season, the running demo, and the story that checks it over HTTP
    serving.py    the web application behind a server
    app.py        create_app: the web application, made from its settings
    inbound.py    the LMTP listener for mails that came back
    web/          the pages and the API: thin, one file for each reader
    house.py      assemble: the only place where adapters are chosen
    migrating.py  brings a database to the newest version of the tables
    services/     the use cases, verbs; no HTTP in them, and none of them commits
    adapters/     the outside world behind a port: clock, links, mail, returns, reports,
                  store, envelope, inspector, pictures, converter, calendars
    records/      the tables, nouns
    settings.py   what an operator decides, from the environment, checked all at once;
                  setting_names.py has their names; mail_limits.py, mail_server.py, openid.py
                  and urls.py read parts of them
    ports/        what the services need from the outside world, as protocols
    wording.py    how dates, sizes and sentences are put for people
    children.py   child processes with limits, which read strangers' files
    logs.py       what is logged: lines of JSON, without a person's data
    addresses.py  whether an address can be mailed to
    sample_facts/ facts of a mail of each kind, to look at
    listening.py  sockets for our servers
    resources.py  where templates, migrations and translations lie
    domain/       the rules: pure, standard library only, `now` is always an argument
"""
