package node

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
)

// claimProtection is the finalizer that the API server gives to claims.
const claimProtection = "kubernetes.io/pvc-protection"

// volumes makes a folder of each volume, by its name.
func (n *Node) volumes(ctx context.Context, namespace string, all []corev1.Volume) (map[string]string, error) {
	folders := map[string]string{}
	for _, v := range all {
		folder, err := n.volume(ctx, namespace, v)
		if err != nil {
			return nil, err
		}
		folders[v.Name] = folder
	}
	return folders, nil
}

func (n *Node) volume(ctx context.Context, namespace string, v corev1.Volume) (string, error) {
	switch {
	case v.PersistentVolumeClaim != nil:
		return n.Claim(ctx, namespace, v.PersistentVolumeClaim.ClaimName)
	case v.Secret != nil:
		secret := &corev1.Secret{}
		if err := n.get(ctx, "secret", namespace, v.Secret.SecretName, secret); err != nil {
			return "", err
		}
		return n.files(secret.Data)
	case v.ConfigMap != nil:
		config := &corev1.ConfigMap{}
		if err := n.get(ctx, "configmap", namespace, v.ConfigMap.Name, config); err != nil {
			return "", err
		}
		content := map[string][]byte{}
		for name, text := range config.Data {
			content[name] = []byte(text)
		}
		return n.files(content)
	}
	return n.newFolder()
}

// Claim is the folder of a PersistentVolumeClaim, the same one for as long as the claim is there.
func (n *Node) Claim(ctx context.Context, namespace, name string) (string, error) {
	claim := &corev1.PersistentVolumeClaim{}
	if err := n.get(ctx, "persistentvolumeclaim", namespace, name, claim); err != nil {
		return "", err
	}
	path := filepath.Join(n.folder, "claim-"+string(claim.UID))
	return path, os.MkdirAll(path, 0o700)
}

// get says that something is not there as the kubelet does in the events of a Pod.
func (n *Node) get(ctx context.Context, what, namespace, name string, o client.Object) error {
	err := n.api.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, o)
	if apierrors.IsNotFound(err) {
		return fmt.Errorf("%s %q not found", what, name)
	}
	return err
}

// releaseClaims lets go of claims that are deleted and that no Deployment uses, as the controller does that protects claims in use.
func (n *Node) releaseClaims(ctx context.Context, users []appsv1.Deployment) error {
	used := map[client.ObjectKey]bool{}
	for _, d := range users {
		for _, v := range d.Spec.Template.Spec.Volumes {
			if v.PersistentVolumeClaim != nil {
				used[client.ObjectKey{Namespace: d.Namespace, Name: v.PersistentVolumeClaim.ClaimName}] = true
			}
		}
	}
	var all corev1.PersistentVolumeClaimList
	if err := n.api.List(ctx, &all); err != nil {
		return err
	}
	for i := range all.Items {
		claim := &all.Items[i]
		if claim.DeletionTimestamp == nil || used[client.ObjectKeyFromObject(claim)] || !controllerutil.RemoveFinalizer(claim, claimProtection) {
			continue
		}
		if err := n.api.Update(ctx, claim); client.IgnoreNotFound(err) != nil {
			return err
		}
	}
	return nil
}

func (n *Node) files(content map[string][]byte) (string, error) {
	folder, err := n.newFolder()
	if err != nil {
		return "", err
	}
	for name, text := range content {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			return "", err
		}
	}
	return folder, nil
}
