"""``python -m mhsds_recon`` does what the command ``mhsds-recon`` does."""

from mhsds_recon.cli import main

if __name__ == "__main__":
    main()
