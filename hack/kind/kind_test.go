// Package kind_test holds the files for kind and Tilt to what can be held without Docker: the type that kind reads its file into, the
// language that Tilt's is written in, and what both name in this repository.
package kind_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kind/pkg/apis/config/v1alpha4"
)

func readCluster(t *testing.T) v1alpha4.Cluster {
	t.Helper()
	text, err := os.ReadFile("cluster.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var c v1alpha4.Cluster
	strict := yaml.NewDecoder(bytes.NewReader(text))
	strict.KnownFields(true)
	if err := strict.Decode(&c); err != nil {
		t.Fatal(err)
	}
	return c
}

// Given the cluster's file, when it is read as kind reads it, then every field is one of kind's, and it has one node.
func TestKind_ClusterFields_AreKnown(t *testing.T) {
	c := readCluster(t)
	if c.Kind != "Cluster" || c.APIVersion != "kind.x-k8s.io/v1alpha4" || len(c.Nodes) != 1 || c.Nodes[0].Role != v1alpha4.ControlPlaneRole {
		t.Errorf("got %+v", c)
	}
}

// call is one call of a function that Tilt has.
type call struct {
	function string
	texts    []string // all texts among its arguments
}

// tilt runs the Tiltfile, and returns what it asks Tilt to do.
func tilt(t *testing.T) (calls []call) {
	t.Helper()
	known := starlark.StringDict{"TRIGGER_MODE_MANUAL": starlark.String("manual")}
	for _, name := range []string{"allow_k8s_contexts", "docker_build", "k8s_yaml", "kustomize", "k8s_resource", "local_resource"} {
		known[name] = starlark.NewBuiltin(name, func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, named []starlark.Tuple) (starlark.Value, error) {
			c := call{function: name}
			for _, value := range args {
				c.texts = append(c.texts, texts(value)...)
			}
			for _, pair := range named {
				c.texts = append(c.texts, texts(pair[1])...)
			}
			calls = append(calls, c)
			return starlark.None, nil
		})
	}
	if _, err := starlark.ExecFileOptions(&syntax.FileOptions{}, &starlark.Thread{Name: "Tiltfile"}, "Tiltfile", nil, known); err != nil {
		t.Fatal(err)
	}
	return calls
}

func texts(value starlark.Value) (all []string) {
	if text, is := starlark.AsString(value); is {
		return []string{text}
	}
	if list, is := value.(*starlark.List); is {
		for item := range list.Elements() {
			all = append(all, texts(item)...)
		}
	}
	return all
}

// Given the Tiltfile, when it is run, then it works on the cluster of the file beside and on nothing else, and each file and object that it
// names is there.
func TestTiltfile_Names_Exist(t *testing.T) {
	all := map[string][][]string{}
	for _, c := range tilt(t) {
		all[c.function] = append(all[c.function], c.texts)
	}
	if got, want := fmt.Sprint(all["allow_k8s_contexts"]), "[[kind-"+readCluster(t).Name+"]]"; got != want {
		t.Errorf("contexts %s, wanted %s", got, want)
	}
	for _, path := range slices.Concat(all["docker_build"][0][1:], all["kustomize"][0]) {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	manifests, err := os.ReadFile("../../dist/install.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"image: " + all["docker_build"][0][0], "secretName: account-operator-keyset", "name: account-operator-system\n"} {
		if !strings.Contains(string(manifests), name) {
			t.Errorf("what is installed has no %q", name)
		}
	}
	if _, err := os.Stat(filepath.Join("../../config/samples", "kustomization.yaml")); err != nil {
		t.Error(err)
	}
}
