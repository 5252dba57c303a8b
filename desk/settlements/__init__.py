"""What people do with bills: take their lists, bind families, clear, match."""
