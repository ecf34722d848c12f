package cli_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/cli"
	"github.com/account-operator/account-operator/test/cluster"
)

// soon is how long anything may take that has nothing to wait for but us; the machine may be busy.
const soon = 30 * time.Second

// result is what a user at the terminal sees of one run.
type result struct {
	out, reported string // standard output and standard error, with the error as main prints it
	code          int
}

// plugin runs the plugin's command.
func plugin(ctx context.Context, kubeconfig, cache string, args ...string) result {
	var out, reported bytes.Buffer
	cmd := cli.Command("test", genericiooptions.IOStreams{In: strings.NewReader(""), Out: &out, ErrOut: &reported})
	cmd.SetArgs(append(args, "--kubeconfig="+kubeconfig, "--cache-dir="+cache))
	err := cmd.ExecuteContext(ctx)
	if err != nil {
		fmt.Fprintln(&reported, "error:", err)
	}
	return result{out.String(), reported.String(), cli.ExitCode(err)}
}

// scene is one test's namespace. Its methods read as steps.
type scene struct {
	*testing.T
	ns         string
	api        client.Client
	kubeconfig string
}

func newScene(t *testing.T) *scene {
	t.Helper()
	api, err := client.New(local.Config(), client.Options{Scheme: scheme()})
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{T: t, api: api, kubeconfig: local.Kubeconfig()}
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "cli-"}}
	s.create(ns)
	s.ns = ns.Name
	return s
}

func (s *scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// run runs the plugin in the scene's namespace.
func (s *scene) run(args ...string) result {
	s.Helper()
	return plugin(s.Context(), s.kubeconfig, s.TempDir(), append(args, "-n", s.ns)...)
}

// runs is for what has to succeed.
func (s *scene) runs(args ...string) string {
	s.Helper()
	r := s.run(args...)
	if r.code != 0 {
		s.Fatalf("kubectl account %s ended with %d: %s%s", strings.Join(args, " "), r.code, r.out, r.reported)
	}
	return r.out
}

// refuses is for what has to fail so, and returns what was printed.
func (s *scene) refuses(code int, args ...string) string {
	s.Helper()
	r := s.run(args...)
	if r.code != code {
		s.Fatalf("kubectl account %s ended with %d, wanted %d: %s%s", strings.Join(args, " "), r.code, code, r.out, r.reported)
	}
	return r.reported
}

// holds fails the test for each of the words that the text does not have.
func (s *scene) holds(text string, words ...string) {
	s.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			s.Errorf("%q is missing in:\n%s", w, text)
		}
	}
}

func (s *scene) create(objects ...client.Object) {
	s.Helper()
	for _, o := range objects {
		if o.GetNamespace() == "" {
			o.SetNamespace(s.ns)
		}
		s.must(s.api.Create(s.Context(), o))
	}
}

// account creates an Account; its address is one of this namespace only.
func (s *scene) account(name string, edits ...func(*v1alpha1.Account)) *v1alpha1.Account {
	s.Helper()
	a := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: v1alpha1.AccountSpec{Email: s.email(name)}}
	for _, edit := range edits {
		edit(a)
	}
	s.create(a)
	return a
}

func (s *scene) email(name string) string { return name + "@" + s.ns + ".example" }

// object is one with a life.
type object interface {
	client.Object
	CommonStatus() *v1alpha1.CommonStatus
}

// becomes waits until Ready has this reason for the present generation.
func (s *scene) becomes(obj object, reason v1alpha1.Reason) {
	s.Helper()
	s.eventually(func() string {
		if err := s.api.Get(s.Context(), client.ObjectKeyFromObject(obj), obj); err != nil {
			return err.Error()
		}
		ready := meta.FindStatusCondition(obj.CommonStatus().Conditions, v1alpha1.ConditionReady)
		if ready == nil || ready.Reason != string(reason) || ready.ObservedGeneration != obj.GetGeneration() {
			return fmt.Sprintf("%s has Ready %+v", obj.GetName(), ready)
		}
		return ""
	})
}

func (s *scene) eventually(check func() string) {
	s.Helper()
	deadline := time.Now().Add(soon)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for complaint := check(); complaint != ""; complaint = check() {
		if time.Now().After(deadline) {
			s.Fatalf("after %s still: %s", soon, complaint)
		}
		<-tick.C
	}
}

func (s *scene) isGone(obj client.Object) {
	s.Helper()
	err := s.api.Get(s.Context(), client.ObjectKeyFromObject(obj), obj)
	if !apierrors.IsNotFound(err) {
		s.Errorf("%s is still there (%v)", obj.GetName(), err)
	}
}

// foreign runs SQL as another program of the cloud would.
func (s *scene) foreign(query string, args ...any) {
	s.Helper()
	db, err := sql.Open("sqlite", "file:"+database+"?_pragma=busy_timeout(5000)")
	s.must(err)
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(s.Context(), query, args...)
	s.must(err)
}

// instance starts one in the account.
func (s *scene) instance(id, email string) {
	s.Helper()
	s.foreign("INSERT INTO instances (id, account_id) SELECT ?, id FROM accounts WHERE email = ? AND deleted_at IS NULL", id, email)
}

// as makes the plugin run as a user of the namespace who has a role, or none.
func (s *scene) as(user, role string) {
	s.Helper()
	if role != "" {
		s.create(&rbacv1.RoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: role},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role},
			Subjects:   []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: user}},
		})
		api, err := client.New(local.As(user), client.Options{Scheme: scheme()})
		s.must(err)
		s.eventually(func() string { // a role takes effect a moment after it was bound
			if err := api.List(s.Context(), &v1alpha1.AccountList{}, client.InNamespace(s.ns)); err != nil {
				return err.Error()
			}
			return ""
		})
	}
	s.kubeconfig = filepath.Join(s.TempDir(), "kubeconfig")
	s.must(cluster.WriteKubeconfig(s.kubeconfig, local.As(user)))
}
