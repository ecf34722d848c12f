package main

import (
	"context"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// welcome is what `make up` does after the opening.
var welcome = step{
	title: "An account, and its holder",
	say: "The platform team writes an Account for alice. She follows the link of her mail, and has a page of her settings then. (All this is\n" +
		"done for you, with a password made up.)",
	do: []action{settle},
}

// settle has alice's account ready to sign in. One that is there of last time is left as it is: it may have another password by now.
func settle(ctx context.Context, s *stage) error {
	alice := &metav1.PartialObjectMetadata{}
	alice.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("Account"))
	err := s.admin.Get(ctx, client.ObjectKey{Namespace: "default", Name: "alice"}, alice)
	if err == nil {
		s.screen.say("She is there of last time, and so is her password.")
		return nil
	}
	if !apierrors.IsNotFound(err) {
		return err
	}
	for _, do := range []action{run("kubectl apply -f hack/demo/account.yaml", "created"), confirm} {
		if err := do(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
