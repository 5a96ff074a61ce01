"""Who has answered an invitation, and reminding those who have not."""
