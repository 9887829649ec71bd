"""Sigma correlations: matches of rules in, alerts out, the same in whatever order the matches come. Pure."""
