package clusterview

import (
	"context"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	toolscache "k8s.io/client-go/tools/cache"
)

// punctually is how much earlier than asked for a watch may end and still have ended by itself.
const punctually = time.Second

// reconnectWatch is what an informer lists and watches. It reports when a watch is opened again before its time was over, as when the
// API server was away. At rest it reports nothing, and it requests nothing by itself.
type reconnectWatch struct {
	toolscache.ListerWatcher
	toolscache.ListerWatcherWithContext
	tells chan<- struct{}
	until time.Time // when the watch before was to end
}

// WatchWithContext implements toolscache.ListerWatcherWithContext. An informer opens one watch at a time.
func (r *reconnectWatch) WatchWithContext(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
	now := time.Now()
	if now.Before(r.until) {
		select {
		case r.tells <- struct{}{}:
		default: // nothing receives, or the one before is still there
		}
	}
	if o.TimeoutSeconds != nil {
		r.until = now.Add(time.Duration(*o.TimeoutSeconds)*time.Second - punctually)
	}
	return r.ListerWatcherWithContext.WatchWithContext(ctx, o)
}

// informers are those of a cache, whose watches report when they are opened again.
func informers(tells chan<- struct{}) func(toolscache.ListerWatcher, runtime.Object, time.Duration, toolscache.Indexers) toolscache.SharedIndexInformer {
	return func(of toolscache.ListerWatcher, example runtime.Object, resync time.Duration, indexers toolscache.Indexers) toolscache.SharedIndexInformer {
		r := &reconnectWatch{of, toolscache.ToListerWatcherWithContext(of), tells, time.Time{}}
		return toolscache.NewSharedIndexInformer(r, example, resync, indexers)
	}
}
