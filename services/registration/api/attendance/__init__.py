"""Who was there: the items of the agenda as they were treated, and the people at each."""
