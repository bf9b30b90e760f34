"""A normal intercept for every group, by adaptive Gauss-Hermite quadrature."""
