// Package leaves lists the fields of API types that hold no other fields.
package leaves

import (
	"reflect"
	"strings"
)

// Of are the paths of a type's leaves below a path, as JSON names them: "invoice.address.city".
func Of(t reflect.Type, path string) (all []string) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return []string{strings.TrimPrefix(path, ".")}
	}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" {
			name = "." + name
		}
		all = append(all, Of(f.Type, path+name)...)
	}
	return all
}
