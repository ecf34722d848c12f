package v1alpha1_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// object reads a manifest without apiVersion and namespace, so that tables show only what matters.
func object(t *testing.T, manifest string) *unstructured.Unstructured {
	t.Helper()
	o := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(manifest), &o.Object); err != nil {
		t.Fatalf("%v in\n%s", err, manifest)
	}
	o.SetAPIVersion("account-operator.io/v1alpha1")
	o.SetNamespace(metav1.NamespaceDefault)
	if o.GetName() == "" {
		o.SetName("example")
	}
	return o
}

// absent, as a field's value, leaves the field out.
var absent any

// with returns a copy of an object with one field set, or left out.
func with(o *unstructured.Unstructured, path string, value any) *unstructured.Unstructured {
	changed := o.DeepCopy()
	changed.Object = assign(changed.Object, steps(path), value).(map[string]any)
	return changed
}

// lookup returns the value at a path, and whether there is one.
func lookup(o *unstructured.Unstructured, path string) (any, bool) {
	var at any = o.Object
	for _, s := range steps(path) {
		switch parent := at.(type) {
		case map[string]any:
			value, ok := parent[s]
			if !ok {
				return nil, false
			}
			at = value
		case []any:
			i, err := strconv.Atoi(s)
			if err != nil || i >= len(parent) {
				return nil, false
			}
			at = parent[i]
		default:
			return nil, false
		}
	}
	return at, true
}

// steps splits a path as it stands in an error, such as spec.env[0].name.
func steps(path string) []string {
	return strings.Split(strings.NewReplacer("[", ".", "]", "").Replace(path), ".")
}

func assign(at any, steps []string, value any) any {
	if len(steps) == 0 {
		return value
	}
	if list, ok := at.([]any); ok {
		i, err := strconv.Atoi(steps[0])
		if err != nil {
			panic(fmt.Sprintf("%q is no index", steps[0]))
		}
		list[i] = assign(list[i], steps[1:], value)
		return list
	}
	fields, ok := at.(map[string]any)
	if !ok {
		fields = map[string]any{}
	}
	if len(steps) == 1 && value == absent {
		delete(fields, steps[0])
		return fields
	}
	fields[steps[0]] = assign(fields[steps[0]], steps[1:], value)
	return fields
}

var index = regexp.MustCompile(`\[\d+\]`)

// pattern turns the path of a value into the path of its schema: spec.env[0].name into spec.env[].name.
func pattern(path string) string { return index.ReplaceAllString(path, "[]") }

// firstOf turns the path of a schema into that of the first such value: spec.env[].name into spec.env[0].name.
func firstOf(pattern string) string { return strings.ReplaceAll(pattern, "[]", "[0]") }

// submit asks the API server whether it would create the object.
func submit(t *testing.T, o *unstructured.Unstructured) error {
	t.Helper()
	return admin.Create(t.Context(), o.DeepCopy(), client.DryRunAll, client.FieldValidation(metav1.FieldValidationStrict))
}

// created makes the object for real, under a name of its own, until the test ends.
func created(t *testing.T, o *unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()
	o = o.DeepCopy()
	o.SetName("")
	o.SetGenerateName("example-")
	if err := admin.Create(t.Context(), o); err != nil {
		t.Fatalf("creating the example: %v", err)
	}
	t.Cleanup(func() { _ = admin.Delete(context.Background(), o) })
	return o
}

// accepted fails the test if there is an error.
func accepted(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("refused: %v", err)
	}
}

// refused fails the test unless the API server refused the field at the path in these words.
func refused(t *testing.T, err error, path, words string) {
	t.Helper()
	if err == nil {
		t.Errorf("accepted; want %s refused: %s", path, words)
		return
	}
	refusal := &apierrors.StatusError{}
	if !errors.As(err, &refusal) || refusal.ErrStatus.Details == nil {
		t.Errorf("not a refusal: %v", err)
		return
	}
	for _, cause := range refusal.ErrStatus.Details.Causes {
		if cause.Field == path && strings.Contains(cause.Message, words) {
			return
		}
	}
	t.Errorf("want %s refused: %s\ngot: %v", path, words, err)
}
