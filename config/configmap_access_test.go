package config_test

import (
	"context"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/test/fault"
)

// mapTakes are the ways in which a spec takes something out of a ConfigMap.
var mapTakes = map[string]func(name string) object{
	"env": func(name string) object {
		return set("env", object{"name": "A", "valueFrom": object{"configMapKeyRef": object{"name": name, "key": "k"}}})
	},
	"envFrom": func(name string) object { return set("envFrom", object{"configMapRef": object{"name": name}}) },
	"dotenv": func(name string) object {
		return set("dotenv", object{"inline": "A=1"}, object{"configMapKeyRef": object{"name": name, "key": ".env", "optional": true}})
	},
}

func onConfigMaps(names ...string) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"configmaps"}, ResourceNames: names, Verbs: []string{"get"}}
}

func refusedForConfigMap(err error) bool {
	return apierrors.IsForbidden(err) && strings.Contains(err.Error(), "account-operator-configmap-access") && strings.Contains(err.Error(), "may not")
}

// Given an author who may read the ConfigMap "mine" and not "theirs", when an object takes from either, in any way of taking and of
// writing, then the manager is made to read only what the author may.
func TestConfigMapAccess_AuthorWithoutTheRight_RefusedInEveryWay(t *testing.T) {
	p := newPlace(t)
	author := p.author("carol", onConfigMaps("mine"))
	eventually(t, "the policy on ConfigMaps refuses", func(ctx context.Context) bool {
		return refusedForConfigMap(author.Create(ctx, p.object("EnvVarSet", "probe", mapTakes["env"]("theirs")), client.DryRunAll))
	})
	for _, by := range inOrder(ways) {
		for _, from := range inOrder(mapTakes) {
			t.Run(by+"/"+from, func(t *testing.T) {
				tried := fault.Begin(t, fault.Case{Goal: "G14", Workload: from, Trigger: by, Action: "name a ConfigMap that the author may not read"})
				name := strings.NewReplacer(" ", "", ",", "").Replace(strings.ToLower("map." + by + "." + from))
				if err := author.Create(t.Context(), p.object("EnvVarSet", name, mapTakes[from]("mine"))); err != nil {
					t.Fatalf("with a ConfigMap that the author may read: %v", err)
				}
				if !ways[by].edits {
					name += ".new"
				}
				tried.Add(1)
				if err := ways[by].do(p, author, p.object("EnvVarSet", name, mapTakes[from]("theirs"))); !refusedForConfigMap(err) {
					t.Errorf("with a ConfigMap that the author may not read: %v", err)
				}
			})
		}
	}
}

// Given a set that takes from a ConfigMap which its editor may not read, when that editor suspends it or changes a plain value, then
// nothing is asked.
func TestConfigMapAccess_EditThatTakesNothingMore_Free(t *testing.T) {
	p := newPlace(t)
	author := p.author("dave")
	o := p.object("EnvVarSet", "kept", mapTakes["env"]("theirs"))
	if err := admin.Create(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	spec := o.Object["spec"].(map[string]any)
	spec["suspend"] = true
	spec["env"] = append(spec["env"].([]any), variable("PLAIN", "x"))
	if err := author.Update(t.Context(), o); err != nil {
		t.Errorf("update: %v", err)
	}
	if err := author.Delete(t.Context(), o); err != nil {
		t.Errorf("delete: %v", err)
	}
}
