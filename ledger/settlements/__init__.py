"""Bills and family sharing: who is bound to whom, what was settled from which account,
what regions and institutions owe each other. Knows no policy: shares are handed in."""
