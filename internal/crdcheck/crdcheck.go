// Package crdcheck compares the kinds that an API server serves with those that this program was built for.
package crdcheck

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/config/crd"
)

// object is decoded JSON.
type object = map[string]any

// Lacking lists what this program may read or write and the API server has no place for: a kind ("Account"), a field
// ("EnvVarSet.spec.suspend", in a list "EnvVarSet.spec.env[].name") or a choice ("Account.spec.adoption=Restore"). Kinds that
// have more lack nothing. The client needs no right but the one that every authenticated user has, to read OpenAPI documents.
func Lacking(ctx context.Context, client rest.Interface) ([]string, error) {
	known, err := Built()
	if err != nil {
		return nil, err
	}
	serves, err := served(ctx, client)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, kind := range slices.Sorted(maps.Keys(known)) {
		if serves[kind] == nil {
			all = append(all, kind)
			continue
		}
		all = append(all, lacking(kind, known[kind], serves[kind])...)
	}
	return all, nil
}

// Built are the schemas of this program's kinds, by kind, as decoded JSON.
func Built() (map[string]map[string]any, error) {
	files, err := fs.Glob(crd.Definitions, "bases/*.yaml")
	if err != nil {
		return nil, err
	}
	all := map[string]object{}
	for _, file := range files {
		text, err := crd.Definitions.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var definition struct {
			Spec struct {
				Names    struct{ Kind string }
				Versions []struct {
					Name   string
					Schema struct{ OpenAPIV3Schema object }
				}
			}
		}
		if err := yaml.Unmarshal(text, &definition); err != nil {
			return nil, fmt.Errorf("decode %s: %w", file, err)
		}
		for _, version := range definition.Spec.Versions {
			if version.Name == v1alpha1.GroupVersion.Version {
				all[definition.Spec.Names.Kind] = version.Schema.OpenAPIV3Schema
			}
		}
	}
	return all, nil
}

// served are the schemas of the API server's kinds, by kind; none where it does not know the group and version.
func served(ctx context.Context, client rest.Interface) (map[string]object, error) {
	text, err := client.Get().AbsPath("/openapi/v3/apis", v1alpha1.GroupVersion.Group, v1alpha1.GroupVersion.Version).
		SetHeader("Accept", "application/json").DoRaw(ctx)
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what the API server says of our kinds: %w", err)
	}
	var document struct {
		Components struct{ Schemas map[string]object }
	}
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("decode what the API server says of our kinds: %w", err)
	}
	all := map[string]object{}
	for _, schema := range document.Components.Schemas {
		if kind := kindOf(schema); kind != "" {
			all[kind] = schema
		}
	}
	return all, nil
}

// kindOf is empty for a schema that is only part of others.
func kindOf(schema object) string {
	names, _ := schema["x-kubernetes-group-version-kind"].([]any)
	for _, name := range names {
		if gvk, is := name.(object); is && gvk["group"] == v1alpha1.GroupVersion.Group {
			kind, _ := gvk["kind"].(string)
			return kind
		}
	}
	return ""
}

// lacking compares two schemas of what stands at a path.
func lacking(path string, ours, theirs object) []string {
	var all []string
	fields, serves := below(ours, "properties"), below(theirs, "properties")
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if serves[name] == nil {
			all = append(all, path+"."+name)
			continue
		}
		all = append(all, lacking(path+"."+name, below(fields, name), below(serves, name))...)
	}
	for _, members := range []string{"items", "additionalProperties"} {
		if schema := below(ours, members); schema != nil {
			all = append(all, lacking(path+"[]", schema, below(theirs, members))...)
		}
	}
	choices, _ := ours["enum"].([]any)
	offers, limited := theirs["enum"].([]any)
	for _, choice := range choices {
		if limited && !slices.Contains(offers, choice) {
			all = append(all, fmt.Sprintf("%s=%v", path, choice))
		}
	}
	return all
}

func below(o object, key string) object {
	within, _ := o[key].(object)
	return within
}
