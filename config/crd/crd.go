// Package crd holds the definitions of the kinds, as make generate writes them.
package crd

import "embed"

// Definitions has one file a kind, in the folder bases.
//
//go:embed bases/*.yaml
var Definitions embed.FS
