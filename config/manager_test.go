package config_test

import (
	"context"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// pod is the Pod that the installed Deployment would make.
func pod(t *testing.T) *corev1.Pod {
	t.Helper()
	deployment := &appsv1.Deployment{}
	if err := admin.Get(t.Context(), client.ObjectKey{Namespace: home, Name: "account-operator"}, deployment); err != nil {
		t.Fatal(err)
	}
	meta := metav1.ObjectMeta{Namespace: home, Name: "probe", Labels: deployment.Spec.Template.Labels}
	return &corev1.Pod{ObjectMeta: meta, Spec: deployment.Spec.Template.Spec}
}

// The namespace enforces the restricted profile, so the API server itself says whether the Pod keeps to it.
func TestManagerPod_RestrictedProfile_IsAdmitted(t *testing.T) {
	awaitServiceAccount(t)
	if err := admin.Create(t.Context(), pod(t), client.DryRunAll); err != nil {
		t.Errorf("refused: %v", err)
	}
	root := pod(t)
	root.Spec.Containers[0].SecurityContext = nil
	if err := admin.Create(t.Context(), root, client.DryRunAll); err == nil || !strings.Contains(err.Error(), "PodSecurity") {
		t.Errorf("a Pod without a security context got %v; so nothing was enforced above", err)
	}
}

func awaitServiceAccount(t *testing.T) {
	t.Helper()
	eventually(t, "the ServiceAccount is there", func(ctx context.Context) bool {
		return admin.Get(ctx, client.ObjectKey{Namespace: home, Name: "account-operator"}, &corev1.ServiceAccount{}) == nil
	})
}

func TestManagerPod_Volumes_OnlyTheStoreIsWritable(t *testing.T) {
	container := pod(t).Spec.Containers[0]
	if readOnly := container.SecurityContext.ReadOnlyRootFilesystem; readOnly == nil || !*readOnly {
		t.Error("the container's own file system can be written to")
	}
	for _, mount := range container.VolumeMounts {
		if !mount.ReadOnly && mount.MountPath != "/var/lib/account-operator" {
			t.Errorf("%s can be written to", mount.MountPath)
		}
	}
}
