package store_test

import (
	"reflect"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
)

func TestLeaves_EachIsAFieldOfItsOwn(t *testing.T) {
	var all store.Settings[string]
	paths, columns := map[string]bool{}, map[string]bool{}
	for _, leaf := range all.Leaves() {
		if leaf.Path == "" || leaf.Column == "" || paths[leaf.Path] || columns[leaf.Column] {
			t.Errorf("%q in the column %q has no name of its own", leaf.Path, leaf.Column)
		}
		if *leaf.Value != "" {
			t.Errorf("%s has the field of %s", leaf.Path, *leaf.Value)
		}
		paths[leaf.Path], columns[leaf.Column], *leaf.Value = true, true, leaf.Path
	}
	expectSet(t, reflect.ValueOf(all))
}

func expectSet(t *testing.T, v reflect.Value) {
	t.Helper()
	for field, value := range v.Fields() {
		if value.Kind() == reflect.Struct {
			expectSet(t, value)
		} else if value.IsZero() {
			t.Errorf("no leaf of Settings.Leaves has the field %s", field.Name)
		}
	}
}
