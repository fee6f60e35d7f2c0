"""Settings for the tests of the domain that are drawn by hypothesis."""

from hypothesis import HealthCheck, settings

# A busy machine is no reason to fail: pure functions are not tested for their speed here.
settings.register_profile("domain", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("domain")
