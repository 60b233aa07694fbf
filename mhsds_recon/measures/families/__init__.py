"""The cohorts of each family of measures, by the name that definition files use."""
