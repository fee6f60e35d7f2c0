"""The demo's data is there as a whole or not at all."""

import pytest

from letters.demo import cast, loading
from letters.demo.instance import Instance
from letters.demo.season import Moment, Season


@pytest.fixture(autouse=True)
def a_short_season(monkeypatch: pytest.MonkeyPatch) -> None:
    """One draft, two days ago: what matters here is the folder."""
    monkeypatch.setattr(cast, "CANDIDATES", cast.CANDIDATES[:1])
    monkeypatch.setattr(cast, "DAYS_PLAYED", 2)


def test_it_appears_complete(instance: Instance) -> None:
    loading.load(instance)

    assert {"letters.db"} <= {entry.name for entry in instance.folder.iterdir()}
    assert [entry.name for entry in instance.folder.parent.iterdir()] == ["demo"]


def test_what_was_interrupted_is_begun_again(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_season: Season, _moment: Moment) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(Season, "live", interrupted)
        with pytest.raises(KeyboardInterrupt):
            loading.load(instance)
    assert not instance.folder.exists()

    loading.load(instance)

    assert [entry.name for entry in instance.folder.parent.iterdir()] == ["demo"]
