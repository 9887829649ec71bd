"""Where rules are written: parse, compile, sign. The only place that knows pySigma."""
