module example.org/dorado/test/clients

go 1.26.0

require (
	github.com/domainr/epp v0.2.0
	github.com/ohler55/ojg v1.28.5
)

require github.com/nbio/xx v0.0.0-20240429160905-7032719db059 // indirect
