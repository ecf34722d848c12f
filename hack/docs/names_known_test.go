package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"sigs.k8s.io/yaml"
)

// inFile reports whether a file has the name, as it is written there.
func inFile(path, as string) func(*testing.T, string) bool {
	return func(t *testing.T, name string) bool {
		t.Helper()
		return strings.Contains(content(t, path), fmt.Sprintf(as, name))
	}
}

// inCode reports whether the code has the name, as it is written there.
func inCode(as string) func(*testing.T, string) bool {
	return func(t *testing.T, name string) bool {
		t.Helper()
		return strings.Contains(code(t), fmt.Sprintf(as, name))
	}
}

// theirs are words of Kubernetes, and of Tink, that stand nowhere in the code.
var theirs = []string{"AesGcmKey", "HpkePublicKey", "CrashLoopBackOff", "ContainerCreating", "OwnerReferencesPermissionEnforcement", "RequeueAfter", "ServerSideApply", "ServerSideDiff"}

func isWord(t *testing.T, name string) bool {
	t.Helper()
	code(t)
	return slices.Contains(theirs, name) || words[name]
}

func isMetric(t *testing.T, name string) bool {
	t.Helper()
	all, err := metrics()
	if err != nil {
		t.Fatal(err)
	}
	known := slices.ContainsFunc(all, func(m metric) bool { return m.name == suffix.ReplaceAllString(name, "") })
	return known || strings.Contains(code(t), `"`+name+`"`) // a role of the database
}

// isFile reports whether a path, or a pattern, leads to something; what is made on the way is no file of the repository.
func isFile(t *testing.T, name string) bool {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(root, name))
	return err == nil && len(found) > 0 || strings.HasSuffix(name, "/screenshots")
}

// isValue takes what does not begin like a value, or ends like the name of a file, for something else.
func isValue(t *testing.T, name string) bool {
	t.Helper()
	first, _, _ := strings.Cut(name, ".")
	return !has(values(t), first) || slices.Contains([]string{".json", ".tar", ".yaml"}, filepath.Ext(name)) || isSet(t, name)
}

// isSet reports whether the chart has the value.
func isSet(t *testing.T, name string) bool {
	t.Helper()
	return has(values(t), strings.Split(name, ".")...)
}

func values(t *testing.T) (all map[string]any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(content(t, "charts/account-operator/values.yaml")), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// has follows a path of keys, and in a schema goes from a list to what it is of.
func has(tree any, path ...string) bool {
	if len(path) == 0 {
		return true
	}
	keys, _ := tree.(map[string]any)
	if next, found := keys[path[0]]; found {
		return has(next, path[1:]...)
	}
	items, is := keys["items"]
	return is && has(items, path...)
}

// isField follows a path through the schemas of the kinds, and through lists.
func isField(t *testing.T, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "config/crd/bases/*.yaml"))
	if err != nil || len(files) < 4 {
		t.Fatalf("there are no schemas (%v)", err)
	}
	path := "properties." + strings.ReplaceAll(name, ".", ".properties.")
	return slices.ContainsFunc(files, func(file string) bool {
		var kind struct {
			Spec struct {
				Versions []struct {
					Schema struct {
						OpenAPIV3Schema map[string]any `json:"openAPIV3Schema"`
					} `json:"schema"`
				} `json:"versions"`
			} `json:"spec"`
		}
		text, err := os.ReadFile(file)
		if err != nil || yaml.Unmarshal(text, &kind) != nil {
			t.Fatalf("%s is no kind (%v)", file, err)
		}
		return has(kind.Spec.Versions[0].Schema.OpenAPIV3Schema, strings.Split(path, ".")...)
	})
}

func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// code is the text of all that is built, installed and tested.
func code(t *testing.T) string {
	t.Helper()
	text, err := allCode()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// words are those of the code, once it was read.
var words = map[string]bool{}

var allCode = sync.OnceValues(func() (string, error) {
	var text strings.Builder
	for _, folder := range []string{"api", "charts", "cmd", "config", "internal", "test"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, _ fs.DirEntry, err error) error {
			if ext := filepath.Ext(path); err != nil || ext != ".go" && ext != ".yaml" && ext != ".sql" && ext != ".tpl" {
				return err
			}
			content, err := os.ReadFile(path) //nolint:gosec // a file of the repository
			_, _ = text.Write(content)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	for _, word := range regexp.MustCompile(`\w+`).FindAllString(text.String(), -1) {
		words[word] = true
	}
	return text.String(), nil
})
