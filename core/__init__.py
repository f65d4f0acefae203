"""What is true: tenants, people, money, groups, agents, and what must happen next."""
