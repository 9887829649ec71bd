"""What authors try rules on, without a collector: samples beside rules, recorded events, verdicts of before."""
