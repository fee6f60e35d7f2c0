"""Which kind of link opens a page, told by where its path begins."""

from letters.ports import Purpose

BY_PATH = {
    "/letter/TOKEN/all": Purpose.OVERVIEW,
    "/letter/": Purpose.UPLOAD,
    "/notice/": Purpose.NOTICE,
    "/application/": Purpose.STATUS,
    "/applications/": Purpose.APPLICATIONS,
    "/coordinate/sign-in/": Purpose.SIGN_IN,
    "/coordinate/invitation/": Purpose.INVITATION,
    "/coordinate/digest/": Purpose.DIGEST,
}


def purpose_of(path: str) -> Purpose:
    """Say what kind of link opens a path that has TOKEN, or <token>, in the place of one."""
    plain = path.replace("<token>", "TOKEN")
    return next(BY_PATH[start] for start in BY_PATH if plain.startswith(start))
