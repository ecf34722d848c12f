package chart_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/test/await"
)

const generated = "--set=keyset.generate.enabled=true"

func TestKeyset_MadeOnce_IsNeverReplaced(t *testing.T) {
	const release = "made-account-operator"
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: home, Name: release + "-keyset"}}
	job := &batchv1.Job{ObjectMeta: secret.ObjectMeta}
	done := make(chan error, 1)
	haveNamespace(t, home)

	// Given an installation that asks for a keyset; Helm waits for the Job
	go func() {
		_, _, err := helm(t.Context(), "install", release, chart, generated, "--set=crds.enabled=false")
		done <- err
	}()

	// When the Job's Pod ran, by its own rights
	runJob(t, job)
	if err := await.Value(t, done); err != nil {
		t.Fatal(err)
	}

	// Then there is a keyset that the manager opens, and of the Job and its rights nothing is left
	made := keysetIn(t, secret)
	awaitNoHooks(t, release)

	// And after an uninstallation it is still the same, and a new installation that asks for one is refused with what to do
	mustHelm(t, "uninstall", release)
	_, reported, err := helm(t.Context(), "install", release, chart, generated, "--set=crds.enabled=false")
	if want := "set keyset.existingSecret=" + secret.Name; err == nil || !strings.Contains(reported, want) {
		t.Errorf("%v, and %q does not say %q", err, reported, want)
	}
	if keysetIn(t, secret) != made {
		t.Error("the keyset was replaced, and with it all that it sealed was lost")
	}
}

// runJob does what the Job's Pod would, which never replaces a keyset. Then the Job is reported done, as the Job controller does.
func runJob(t *testing.T, job *batchv1.Job) {
	t.Helper()
	eventually(t, func(ctx context.Context) string {
		return says(admin.Get(ctx, client.ObjectKeyFromObject(job), job))
	})
	pods := newNode(t)
	if err := pods.RunToEnd(t.Context(), home, job.Spec.Template.Spec); err != nil {
		t.Fatal(err)
	}
	err := pods.RunToEnd(t.Context(), home, job.Spec.Template.Spec)
	if err == nil || !strings.Contains(err.Error(), "a keyset is never replaced") {
		t.Errorf("a second run: %v", err)
	}
	ended, succeeded := metav1.Now(), corev1.ConditionTrue
	job.Status = batchv1.JobStatus{
		StartTime: &job.CreationTimestamp, CompletionTime: &ended, Succeeded: 1,
		Conditions: []batchv1.JobCondition{
			{Type: batchv1.JobSuccessCriteriaMet, Status: succeeded}, {Type: batchv1.JobComplete, Status: succeeded},
		},
	}
	if err := admin.Status().Update(t.Context(), job); err != nil {
		t.Fatal(err)
	}
}

// keysetIn returns the keyset, once the manager's binary has shown that it is one.
func keysetIn(t *testing.T, secret *corev1.Secret) string {
	t.Helper()
	if err := admin.Get(t.Context(), client.ObjectKeyFromObject(secret), secret); err != nil {
		t.Fatal(err)
	}
	content := secret.Data["keyset.json"]
	file := filepath.Join(t.TempDir(), "keyset.json")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if opened, err := binary.Run(t.Context(), nil, "keys", "rotate", file); err != nil || opened.Code != 0 {
		t.Fatalf("what was made is no keyset: %v %s", err, opened.Stderr)
	}
	return string(content)
}

func awaitNoHooks(t *testing.T, release string) {
	t.Helper()
	name := client.ObjectKey{Namespace: home, Name: release + "-keyset"}
	for _, o := range []client.Object{&batchv1.Job{}, &corev1.ServiceAccount{}} {
		eventually(t, func(ctx context.Context) string {
			if err := admin.Get(ctx, name, o); !apierrors.IsNotFound(err) {
				return "it is still there"
			}
			return ""
		})
	}
}

// Given a Secret with a keyset beside something else, when the keyset is rotated in it, then it has one key more and the rest is as it was; and a command
// that fails leaves all of it.
func TestKeyset_InASecret_IsRotatedInPlace(t *testing.T) {
	newKeyset(t)
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: home, Name: "account-operator-keyset"}}
	before := keysetIn(t, secret)
	secret.Data["note"] = []byte("kept")
	if err := admin.Update(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	in := []string{"--secret=" + home + "/account-operator-keyset", "--kubeconfig=" + local.Kubeconfig()}

	mustRun(t, "keys rotate", in)
	after := keysetIn(t, secret)
	if strings.Count(after, "keyData") != strings.Count(before, "keyData")+1 || string(secret.Data["note"]) != "kept" {
		t.Error("the Secret has not one key more, or lost what was beside the keyset")
	}

	for command, says := range map[string]string{
		"keys rotate --key=absent": `has no key "absent"; name that of the keyset by --key`,
		"keys wrap --seal-keyset-kms=hcvault://127.0.0.1:1/transit/keys/k": "connection refused",
	} {
		done, err := binary.Run(t.Context(), nil, append(strings.Fields(command), in...)...)
		if err != nil || done.Code == 0 || !strings.Contains(done.Stderr, says) {
			t.Errorf("%s: %v, %d %s", command, err, done.Code, done.Stderr)
		}
	}
	if keysetIn(t, secret) != after {
		t.Error("a command that failed changed the Secret")
	}
}
