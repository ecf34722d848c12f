module github.com/account-operator/account-operator/hack/release

go 1.26.8

require (
	github.com/spdx/tools-golang v0.5.7
	golang.org/x/mod v0.42.0
)

require github.com/anchore/go-struct-converter v0.1.0 // indirect
