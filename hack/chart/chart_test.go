package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

const root = "../.."

func TestChart_Files_AreUpToDate(t *testing.T) {
	files, err := made(root)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range files {
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s is not what it is made of; run make generate (-want +got):\n%s", path, diff)
		}
	}
}

func TestChart_FileGoneFromConfig_IsGone(t *testing.T) {
	files, err := made(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"files/*.yaml", "files/*.json", "files/crds/*.yaml"} {
		kept, err := filepath.Glob(filepath.Join(root, chart, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range kept {
			if _, known := files[path]; !known {
				t.Errorf("%s is made of nothing; remove it", path)
			}
		}
	}
}

// schema is the part of a JSON schema that names values.
type schema struct {
	Properties           map[string]schema `json:"properties"`
	AdditionalProperties any               `json:"additionalProperties"`
}

func TestChart_Schema_HasEveryValueAndNoOther(t *testing.T) {
	var known schema
	text, err := os.ReadFile(filepath.Join(root, chart, "values.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &known); err != nil {
		t.Fatal(err)
	}
	delete(known.Properties, "global")
	values := map[string]any{}
	if text, err = os.ReadFile(filepath.Join(root, chart, "values.yaml")); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &values); err != nil {
		t.Fatal(err)
	}
	compare(t, "", known, values)
}

// compare looks at what the chart defines; what is a Pod's own, such as resources, may have keys that are not preset.
func compare(t *testing.T, path string, known schema, values map[string]any) {
	t.Helper()
	if !strings.HasSuffix(path, "resources.") {
		want, got := slices.Sorted(maps.Keys(values)), slices.Sorted(maps.Keys(known.Properties))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: keys in the schema (-values +schema):\n%s", path, diff)
		}
	}
	if known.AdditionalProperties != false {
		t.Errorf("%q: the schema lets unknown keys through", path)
	}
	for name, below := range known.Properties {
		if within, is := values[name].(map[string]any); is && below.Properties != nil {
			compare(t, path+name+".", below, within)
		}
	}
}

func TestChart_ValueWithoutAMeaning_IsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "values.yaml")
	for content, refused := range map[string]bool{
		"# What it is.\na: 1\n":         false,
		"a:\n  # What it is.\n  b: 1\n": false,
		"a: 1\n":                        true,
		"a:\n  b: {}\n":                 true,
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := documented(path); (err != nil) != refused {
			t.Errorf("%q: %v", content, err)
		}
	}
}
