module pasum.local/counterparts/pause

go 1.26.0
