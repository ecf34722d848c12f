package chart_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
)

// Given Pods of the pages alone, then the Service to which Ingress and HTTPRoute lead finds these and not the manager's, which serves no pages; and
// nothing that is about the manager finds them.
func TestPages_ByThemselves_VisitorsAreLedThere(t *testing.T) {
	all := objects(t, template(t, "one", variants["pages"]...))
	pods := map[string]labels.Set{}
	for _, o := range ofKind(all, "Deployment") {
		set, _, _ := unstructured.NestedStringMap(o.Object, "spec", "template", "metadata", "labels")
		pods[o.GetName()] = set
	}
	found := map[string][]string{}
	for _, o := range all {
		path := map[string][]string{
			"Service": {"spec", "selector"}, "PodDisruptionBudget": {"spec", "selector", "matchLabels"}, "NetworkPolicy": {"spec", "podSelector", "matchLabels"},
		}[o.GetKind()]
		if path == nil {
			continue
		}
		selects, _, _ := unstructured.NestedStringMap(o.Object, path...)
		for name, set := range pods {
			if labels.SelectorFromSet(selects).Matches(set) {
				of := o.GetKind() + " " + o.GetName()
				found[of] = append(found[of], name)
			}
		}
	}
	const manager, pages = "one-account-operator", "one-account-operator-pages"
	if diff := cmp.Diff(map[string][]string{
		"Service one-account-operator-metrics":           {manager},
		"Service one-account-operator-portal":            {pages},
		"Service one-account-operator-pages-metrics":     {pages},
		"PodDisruptionBudget one-account-operator":       {manager},
		"PodDisruptionBudget one-account-operator-pages": {pages},
		"NetworkPolicy one-account-operator":             {manager},
		"NetworkPolicy one-account-operator-pages":       {pages},
	}, found); diff != "" {
		t.Errorf("who finds whom (-want +got):\n%s", diff)
	}
	args := args(t, variants["pages"]...)
	if !slices.Contains(args, "--portal-bind-address=0") || !slices.Contains(args, "--portal-url=https://accounts.example.com") {
		t.Errorf("the manager is started with %v", args)
	}
}

// Given Pods of the pages alone, then they get no token of the cluster's, no Secret but the address of the database and the keyset of seeds, and no
// role is bound to them.
func TestPages_ByThemselves_HaveNoRightAndNoSecretOfTheManagers(t *testing.T) {
	manifests := template(t, "one", variants["pages"]...)
	all := objects(t, manifests)
	pod := pagesIn(t, manifests).Spec.Template.Spec
	if pod.AutomountServiceAccountToken == nil || *pod.AutomountServiceAccountToken {
		t.Error("a token is mounted")
	}
	var secrets []string
	for _, v := range pod.Volumes {
		if v.Secret != nil {
			secrets = append(secrets, v.Secret.SecretName)
		}
		if v.Projected != nil {
			t.Errorf("%s is projected", v.Name)
		}
	}
	if diff := cmp.Diff([]string{"pages-store", "factors"}, secrets); diff != "" {
		t.Error(diff)
	}
	for _, o := range all {
		subjects, _, _ := unstructured.NestedSlice(o.Object, "subjects")
		for _, s := range subjects {
			if name := s.(map[string]any)["name"]; name == pod.ServiceAccountName {
				t.Errorf("%s %s binds a role to the pages", o.GetKind(), o.GetName())
			}
		}
	}
}

// Given holders who sign in, then managers and pages have the flags for it, and pages reach providers of storage unless they are not to ask them.
func TestPages_SignIn_OpensWhatItTakesAndNoMore(t *testing.T) {
	for more, want := range map[string]struct {
		flags []string
		ports []float64
	}{
		"--set=portal.signIn.enabled=true":                                  {[]string{"--portal-sign-in"}, []float64{53, 53, 5432, 443}},
		"--set=portal.signIn.enabled=true,portal.signIn.askProviders=false": {[]string{"--portal-sign-in", "--portal-ask-providers=false"}, []float64{53, 53, 5432}},
		"--set=portal.signIn.enabled=true,portal.signIn.mails=false":        {[]string{"--portal-sign-in-mails=false"}, []float64{53, 53, 5432, 443}},
		"--set=portal.signIn.enabled=true,probe.timeout=3s":                 {[]string{"--portal-sign-in", "--probe-timeout=3s"}, []float64{53, 53, 5432, 443}},
	} {
		values := append(slices.Clone(variants["pages"]), more)
		for name, has := range map[string][]string{
			"the manager": args(t, values...), "the pages": pagesIn(t, template(t, "one", values...)).Spec.Template.Spec.Containers[0].Args,
		} {
			for _, flag := range want.flags {
				if !slices.Contains(has, flag) {
					t.Errorf("with %s, %s are started with %v", more, name, has)
				}
			}
		}
		if diff := cmp.Diff(want.ports, pagesReach(t, values...)); diff != "" {
			t.Errorf("with %s: %s", more, diff)
		}
	}
}

// Given a provider at which holders sign in, then managers and pages are led there, and only who serves the pages has the client's secret and reaches it.
func TestPages_OpenID_ItsSecretIsWithWhoServesThem(t *testing.T) {
	values := append(slices.Clone(variants["pages"]), "--set=portal.signIn.enabled=true,portal.signIn.askProviders=false,portal.signIn.passwords=false",
		"--set=portal.oidc.issuer=https://login.example.com:8445,portal.oidc.clientID=accounts,portal.oidc.existingSecret=oidc,portal.oidc.caConfigMap=ca")
	for _, d := range deploymentsIn(t, template(t, "one", values...)) {
		pod, has := d.Spec.Template.Spec, map[string]bool{}
		for _, v := range pod.Volumes {
			has[v.Name] = true
		}
		for _, m := range pod.Containers[0].VolumeMounts {
			has["mounts "+m.Name] = true
		}
		serves := pod.Containers[0].Name == "pages"
		for _, what := range []string{"oidc", "mounts oidc", "oidc-ca", "mounts oidc-ca"} {
			if has[what] != serves {
				t.Errorf("%s: %s is %t", d.Name, what, has[what])
			}
		}
		for _, flag := range []string{"--portal-oidc-issuer=https://login.example.com:8445", "--portal-oidc-client-id=accounts", "--portal-passwords=Off"} {
			if !slices.Contains(pod.Containers[0].Args, flag) {
				t.Errorf("%s is started without %s: %v", d.Name, flag, pod.Containers[0].Args)
			}
		}
	}
	if diff := cmp.Diff([]float64{53, 53, 5432, 8445}, pagesReach(t, values...)); diff != "" {
		t.Error(diff)
	}
}

func TestPages_NetworkPolicy_LeadsToTheDatabaseOnly(t *testing.T) {
	if diff := cmp.Diff([]float64{53, 53, 5432}, pagesReach(t, variants["pages"]...)); diff != "" {
		t.Error(diff)
	}
}

// pagesReach are the ports to which the pages' policy lets them.
func pagesReach(t *testing.T, values ...string) (out []float64) {
	t.Helper()
	for _, o := range ofKind(objects(t, template(t, "one", values...)), "NetworkPolicy") {
		if !strings.HasSuffix(o.GetName(), "-pages") {
			continue
		}
		egress, _, _ := unstructured.NestedSlice(o.Object, "spec", "egress")
		for _, rule := range egress {
			for _, p := range rule.(map[string]any)["ports"].([]any) {
				out = append(out, p.(map[string]any)["port"].(float64))
			}
		}
		return out
	}
	t.Fatal("there is no policy for the pages")
	return nil
}

func TestPages_Autoscaled_NobodyElseSaysHowManyThereAre(t *testing.T) {
	values := append(slices.Clone(variants["pages"]), "--set=pages.autoscaling.enabled=true,pages.autoscaling.minReplicas=3")
	all := objects(t, template(t, "one", values...))
	for _, o := range ofKind(all, "Deployment") {
		if _, says, _ := unstructured.NestedFieldNoCopy(o.Object, "spec", "replicas"); says == strings.HasSuffix(o.GetName(), "-pages") {
			t.Errorf("%s says how many there are: %t", o.GetName(), says)
		}
	}
	scalers := ofKind(all, "HorizontalPodAutoscaler")
	if len(scalers) != 1 {
		t.Fatalf("%d autoscalers", len(scalers))
	}
	of, _, _ := unstructured.NestedString(scalers[0].Object, "spec", "scaleTargetRef", "name")
	if least, _, _ := unstructured.NestedFloat64(scalers[0].Object, "spec", "minReplicas"); of != "one-account-operator-pages" || least != 3 {
		t.Errorf("%s has %v at least", of, least)
	}
}

// pagesIn is the Deployment of the pages among the manifests.
func pagesIn(t *testing.T, manifests string) *appsv1.Deployment {
	t.Helper()
	for _, d := range deploymentsIn(t, manifests) {
		if d.Spec.Template.Spec.Containers[0].Name == "pages" {
			return d
		}
	}
	t.Fatal("there is no Deployment of the pages")
	return nil
}
