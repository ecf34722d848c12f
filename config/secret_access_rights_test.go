package config_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Which rights count: to get each Secret that is named, to list where Secrets are selected, in this namespace.
func TestSecretAccess_OtherRights_DoNotCount(t *testing.T) {
	here, there := newPlace(t), newPlace(t)
	on := func(resource, verb string) rbacv1.PolicyRule {
		return rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{resource}, Verbs: []string{verb}}
	}
	for name, c := range map[string]struct {
		here, there      []rbacv1.PolicyRule
		names, selection bool // what is let through
	}{
		"none":                         {},
		"get":                          {here: []rbacv1.PolicyRule{onSecrets("get")}, names: true},
		"get this one":                 {here: []rbacv1.PolicyRule{onSecrets("get", "x")}, names: true},
		"get this one among others":    {here: []rbacv1.PolicyRule{onSecrets("get", "w", "x")}, names: true},
		"get another one":              {here: []rbacv1.PolicyRule{onSecrets("get", "y")}},
		"list":                         {here: []rbacv1.PolicyRule{onSecrets("list")}, selection: true},
		"list this one":                {here: []rbacv1.PolicyRule{onSecrets("list", "x")}},
		"get and list":                 {here: []rbacv1.PolicyRule{onSecrets("get"), onSecrets("list")}, names: true, selection: true},
		"get this one and list":        {here: []rbacv1.PolicyRule{onSecrets("get", "x"), onSecrets("list")}, names: true, selection: true},
		"watch":                        {here: []rbacv1.PolicyRule{onSecrets("watch")}},
		"write":                        {here: []rbacv1.PolicyRule{onSecrets("create"), onSecrets("update"), onSecrets("patch"), onSecrets("delete")}},
		"get ConfigMaps":               {here: []rbacv1.PolicyRule{on("configmaps", "get"), on("configmaps", "list")}},
		"create Pods, for this moment": {here: []rbacv1.PolicyRule{on("pods", "create")}},
		"get and list elsewhere":       {there: []rbacv1.PolicyRule{onSecrets("get"), onSecrets("list")}},
		"get this one elsewhere":       {there: []rbacv1.PolicyRule{onSecrets("get", "x")}},
	} {
		t.Run(name, func(t *testing.T) {
			there.author(name, c.there...)
			author := here.author(name, c.here...)
			try(t, here, author, "env", c.names)
			try(t, here, author, "envFrom, by label", c.selection)
		})
	}
}

// try creates an object that takes from the Secret x, and expects that this is allowed or refused.
func try(t *testing.T, p *place, author client.Client, take string, allowed bool) {
	t.Helper()
	err := author.Create(t.Context(), p.object(takes[take].kind, "tried", takes[take].spec("x")), client.DryRunAll)
	switch {
	case allowed && err != nil:
		t.Errorf("%s: refused: %v", take, err)
	case !allowed && !refused(err):
		t.Errorf("%s: %v, want it refused", take, err)
	}
}

func TestSecretAccess_RightsByGroup_Count(t *testing.T) {
	p := newPlace(t)
	p.grant(rbacv1.Subject{Kind: rbacv1.GroupKind, APIGroup: rbacv1.GroupName, Name: "readers"}, onSecrets("get"))
	try(t, p, p.as(local.As("alice", authors)), "env", false)
	try(t, p, p.as(local.As("alice", authors, "readers")), "env", true)
	try(t, p, p.as(local.As("root", "system:masters")), "envFrom, by label", true)
}

// Whoever applies manifests for others, as GitOps does, is a ServiceAccount: its rights count.
func TestSecretAccess_ServiceAccount_IsAskedLikeAnyUser(t *testing.T) {
	p := newPlace(t)
	subject := func(name string) rbacv1.Subject {
		return rbacv1.Subject{Kind: rbacv1.ServiceAccountKind, Namespace: p.namespace, Name: name}
	}
	write := rbacv1.PolicyRule{APIGroups: []string{own}, Resources: []string{"envvarsets"}, Verbs: []string{"patch", "create"}}
	p.grant(subject("applier"), write)
	p.grant(subject("reader"), write, onSecrets("get", "x"))
	for name, allowed := range map[string]bool{"applier": false, "reader": true} {
		account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: p.namespace, Name: name}}
		if err := admin.Create(t.Context(), account); err != nil {
			t.Fatal(err)
		}
		config, err := local.AsServiceAccount(t.Context(), p.namespace, name)
		if err != nil {
			t.Fatal(err)
		}
		c := p.as(config)
		try(t, p, c, "env", allowed)
		try(t, p, c, "envFrom, by label", false)
		if err := apply(p, c, p.object("EnvVarSet", name, takes["dotenv"].spec("x"))); refused(err) == allowed {
			t.Errorf("%s applies: %v", name, err)
		}
	}
}
