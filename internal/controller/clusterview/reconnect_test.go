package clusterview

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	toolscache "k8s.io/client-go/tools/cache"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/await"
)

func TestWatchReconnect_BrokenOrEnded_OnlyBrokenIsReported(t *testing.T) {
	for name, c := range map[string]struct {
		lasts    time.Duration // of the time that was asked for; zero: all of it
		reported bool
	}{
		"the API server ends each when its time is over": {0, false},
		"the API server goes away":                       {20 * time.Second, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				// given an informer, whose watches last so long
				reported, opened := make(chan struct{}, 1), 0
				server := &toolscache.ListWatch{
					ListWithContextFunc: func(context.Context, metav1.ListOptions) (runtime.Object, error) {
						return &v1alpha1.AccountList{ListMeta: metav1.ListMeta{ResourceVersion: "1"}}, nil
					},
					WatchFuncWithContext: func(_ context.Context, o metav1.ListOptions) (watch.Interface, error) {
						opened++
						w := watch.NewFake()
						last := time.Duration(*o.TimeoutSeconds) * time.Second
						if c.lasts != 0 {
							last = c.lasts
						}
						time.AfterFunc(last, w.Stop)
						return w, nil
					},
				}
				ctx, cancel := context.WithCancel(t.Context())
				informer := informers(reported)(server, &v1alpha1.Account{}, 0, toolscache.Indexers{})
				ended := make(chan struct{})
				go func() {
					defer close(ended)
					informer.RunWithContext(ctx)
				}()

				// when an hour has gone by
				time.Sleep(time.Hour) //nolint:forbidigo // the clock of the bubble
				cancel()
				await.Value(t, ended)

				if opened < 5 {
					t.Fatalf("void: only %d watches were opened", opened)
				}
				if got := len(reported) > 0; got != c.reported {
					t.Errorf("reported: %t", got)
				}
			})
		})
	}
}
