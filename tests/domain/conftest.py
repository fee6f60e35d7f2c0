"""Settings for the tests of the domain that are drawn by hypothesis."""

from hypothesis import HealthCheck, settings

from tests.support.thorough import rounds

# What is drawn differs from run to run, so that a few examples in each come to many in time.
# A busy machine is no reason to fail: pure functions are not tested for their speed here.
settings.register_profile(
    "domain",
    max_examples=rounds(30, 1000),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("domain")
