// What holds the kind and Tilt files to the tools' own types and language, which the operator needs nowhere else.
module github.com/account-operator/account-operator/hack/kind

go 1.26

require (
	go.starlark.net v0.0.0-20260908191801-89a6a09411d5
	go.yaml.in/yaml/v3 v3.0.6
	sigs.k8s.io/kind v0.33.0
)

require (
	github.com/pkg/errors v0.9.1 // indirect
	golang.org/x/sys v0.42.0 // indirect
)
