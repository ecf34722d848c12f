package orphan

import (
	"context"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/internal/store"
)

func TestOrphans_EveryObjectIsGone_NothingIsReleased(t *testing.T) {
	lost := store.Claim{Cluster: "other", Kind: store.KindEnvVarSet, Namespace: "team", Name: "base", UID: "1"}
	fenced := &claimed{claims: []store.Claim{lost}}
	alive := false
	o := Watch{
		Live: nothingThere{}, Known: func(c store.Claim) bool { return c != lost && alive }, Count: func(store.Kind, int) {},
	}

	for range 2 {
		if err := o.check(t.Context(), fenced); err != nil {
			t.Fatal(err)
		}
	}
	if fenced.released != 0 {
		t.Error("names were released, though this looks like another cluster")
	}

	fenced.claims, alive = append(fenced.claims, store.Claim{Kind: store.KindEnvVarSet, UID: "2"}), true
	if err := o.check(t.Context(), fenced); err != nil || fenced.released != 1 {
		t.Errorf("%d were released beside a claim that has its object, %v", fenced.released, err)
	}
}

// claimed is a store of sets' claims, of which nothing else is asked.
type claimed struct {
	store.FencedStore
	claims   []store.Claim
	released int
}

// nothingThere is an API server without objects.
type nothingThere struct{ client.Reader }

func (c *claimed) Applied(context.Context, store.Kind, string, int) ([]store.Applied, error) {
	return nil, nil
}

func (c *claimed) Claims(_ context.Context, kind store.Kind, _ string, _ int) ([]store.Claim, error) {
	if kind != store.KindEnvVarSet {
		return nil, nil
	}
	return c.claims, nil
}

func (c *claimed) RemoveEnvVars(context.Context, store.Claim, bool) error {
	c.released++
	return nil
}

func (nothingThere) Get(context.Context, client.ObjectKey, client.Object, ...client.GetOption) error {
	return apierrors.NewNotFound(schema.GroupResource{}, "")
}
