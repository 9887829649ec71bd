"""Programs in the kernel: their source, their loader, their ring, their records."""
