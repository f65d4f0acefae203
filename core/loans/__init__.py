"""Loans of savings groups: products, applications, guarantors, repayments, arrears."""
