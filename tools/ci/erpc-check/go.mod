module erpc-check

go 1.25.0
