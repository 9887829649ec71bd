"""What the collector tells a monitoring system about itself, in Prometheus' words."""
