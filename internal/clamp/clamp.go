package clamp

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Status makes a status, a pointer to its struct, fit for the schema of the kind, but for its conditions: a text that is too long is
// cut and ends in an ellipsis; what has a form that is not admitted is left out, as is what comes twice in a set and what is too
// much for a list. It returns the paths of what was cut or left out, with how often, in order. They hold no value.
func Status(kind string, status any) []string {
	c := clamping{}
	c.fits(reflect.ValueOf(status).Elem(), statuses()[kind], "")
	paths := slices.Sorted(maps.Keys(c))
	for i, path := range paths {
		if n := c[path]; n > 1 {
			paths[i] = fmt.Sprintf("%s (%d)", path, n)
		}
	}
	return paths
}

// clamping counts by its path what was cut or left out.
type clamping map[string]int

const ellipsis = "…"

// fits changes a value until it is fit. Where it cannot be, the value is to be left out.
func (c clamping) fits(v reflect.Value, s *schema, path string) bool {
	if t, is := v.Interface().(metav1.Time); is {
		return c.counted(t.Year() >= 1 && t.Year() <= 9999, path)
	}
	switch {
	case s == nil || v.IsZero() && v.Kind() != reflect.Struct:
		return true // conditions, or what is not written
	case v.Kind() == reflect.String:
		return c.text(v, s, path)
	case v.CanInt():
		return c.counted(s.Minimum == nil || v.Int() >= *s.Minimum, path)
	case v.Kind() == reflect.Struct:
		return c.fields(v, s, path)
	}
	c.members(v, s, path)
	return true
}

// members makes fit what a pointer or a list leads to.
func (c clamping) members(v reflect.Value, s *schema, path string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !c.fits(v.Elem(), s, path) {
			v.SetZero()
		}
	case reflect.Slice:
		c.list(v, s, path)
	}
}

// counted counts what is not fit.
func (c clamping) counted(fit bool, path string) bool {
	if !fit {
		c[path]++
	}
	return fit
}

func (c clamping) text(v reflect.Value, s *schema, path string) bool {
	text := strings.ToValidUTF8(v.String(), string(utf8.RuneError))
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, text) {
		return c.counted(false, path)
	}
	for _, pattern := range s.patterns {
		if !pattern.admits(text) {
			return c.counted(false, path)
		}
	}
	if s.MaxLength != nil && utf8.RuneCountInString(text) > *s.MaxLength {
		c[path]++
		if slices.ContainsFunc(s.patterns, func(p pattern) bool { return !p.not }) {
			return false // a part of it has perhaps no such form
		}
		text = string([]rune(text)[:*s.MaxLength-1]) + ellipsis
	}
	v.SetString(text)
	return true
}

// fields makes a struct fit. It is left out where something is missing that it must have.
func (c clamping) fields(v reflect.Value, s *schema, path string) bool {
	fit := true
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if name == "" { // its fields stand beside those of the rest
			c.fields(v.Field(i), s, path)
			continue
		}
		if !c.fits(v.Field(i), s.Properties[name], below(path, name)) {
			v.Field(i).SetZero()
		}
		if slices.Contains(s.Required, name) && v.Field(i).IsZero() {
			fit = false
		}
	}
	return fit || c.counted(false, path)
}

func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// list keeps the items that are fit, and none twice.
func (c clamping) list(v reflect.Value, s *schema, path string) {
	kept, seen := reflect.Zero(v.Type()), map[string]bool{}
	for i := range v.Len() {
		item := reflect.New(v.Type().Elem()).Elem() // what is in the list may be another's
		item.Set(v.Index(i))
		before := c[path+"[]"]
		switch {
		case s.MaxItems != nil && kept.Len() == *s.MaxItems, item.IsZero(), !c.fits(item, s.Items, path+"[]"):
			c[path+"[]"] = before + 1
			continue
		}
		key := s.key(item)
		if key != "" && seen[key] {
			c[path+"[]"]++
			continue
		}
		seen[key] = true
		kept = reflect.Append(kept, item)
	}
	v.Set(kept)
}

// key is what an item must not have in common with another; empty where that does not matter.
func (s *schema) key(item reflect.Value) string {
	switch s.ListType {
	case "set":
		return item.String()
	case "map":
		for i := range item.NumField() {
			if name, _, _ := strings.Cut(item.Type().Field(i).Tag.Get("json"), ","); slices.Contains(s.ListKeys, name) {
				return item.Field(i).String()
			}
		}
	}
	return ""
}
