"""Who may go live, when, and for how long: tokens, bookings and sessions."""
