package reader

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/account-operator/account-operator/internal/store"
)

// Metrics are what a Reader counts. No label has anything of a request, of an account or of a reader.
type Metrics struct {
	requests *prometheus.CounterVec
	refused  *prometheus.CounterVec
	failures *prometheus.CounterVec
	reads    prometheus.Counter
	waiting  prometheus.Gauge
	keys     prometheus.Gauge
}

// What the store is asked for by readers, as the label op of failures has it.
const (
	opKeys        = "valid_keys"
	opToken       = "token"
	opCreateToken = "create_token"
	opCount       = "count_reads"
	opRevision    = "revision"
	opRead        = "read"
	opChanges     = "changes"
)

// NewMetrics makes them and registers them; without a registry nobody sees them.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	m := &Metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "account_operator_reader_requests_total", Help: "Requests to the reader API, by what was asked for and the class of the answer's status.",
		}, []string{"route", "status"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "account_operator_reader_refused_total", Help: "Requests to the reader API that were refused, by the reason that the answer has as its type.",
		}, []string{"reason"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "account_operator_reader_store_errors_total", Help: "What the store failed to answer to readers, by what it was asked for.",
		}, []string{"op"}),
		reads: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "account_operator_reader_reads_total", Help: "What readers got of accounts, as the store counts it by the hour.",
		}),
		waiting: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "account_operator_reader_waiting", Help: "Readers that wait for a change.",
		}),
		keys: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "account_operator_reader_keys_timestamp_seconds", Help: "When the store last said which keys of readers are valid; it is asked when one comes.",
		}),
	}
	for _, op := range []string{opKeys, opToken, opCreateToken, opCount, opRevision, opRead, opChanges} {
		m.failures.WithLabelValues(op) // that none failed shows, too
	}
	if registry != nil {
		registry.MustRegister(m.requests, m.refused, m.failures, m.reads, m.waiting, m.keys)
	}
	return m
}

// answered counts an answer, by what was asked for and its status.
func (m *Metrics) answered(route string, status int) {
	m.requests.WithLabelValues(route, strconv.Itoa(status/100)+"xx").Inc()
}

// noted remembers the status of an answer.
type noted struct {
	http.ResponseWriter

	status int
}

func (n *noted) WriteHeader(status int) {
	n.status = status
	n.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (n *noted) Unwrap() http.ResponseWriter { return n.ResponseWriter }

// observed is the store as readers use it: what it fails is counted, and logged when it begins and when it is over.
type observed struct {
	store.Readers
	store.AccountReader

	metrics *Metrics
	log     logr.Logger

	mu      sync.Mutex
	failing map[string]bool
}

// done counts what the store is to blame for.
func (o *observed) done(op string, err error) {
	fails := err != nil && !errors.Is(err, context.Canceled) && problemOf(err) == unavailable
	if fails {
		o.metrics.failures.WithLabelValues(op).Inc()
	} else if err != nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case fails && !o.failing[op]:
		o.log.Error(err, "the store does not answer readers", "op", op)
	case !fails && o.failing[op]:
		o.log.Info("the store answers readers again", "op", op)
	}
	o.failing[op] = fails
}

func (o *observed) ValidReaders(ctx context.Context) (find func(store.Secret) (store.ReaderKey, bool), revocations int64, err error) {
	find, revocations, err = o.Readers.ValidReaders(ctx)
	if o.done(opKeys, err); err == nil {
		o.metrics.keys.Set(float64(time.Now().Unix()))
	}
	return find, revocations, err
}

func (o *observed) ReaderToken(ctx context.Context, text store.Secret) (store.ReaderToken, error) {
	token, err := o.Readers.ReaderToken(ctx, text)
	o.done(opToken, err)
	return token, err
}

func (o *observed) CreateReaderToken(ctx context.Context, want store.ReaderToken) (store.Secret, error) {
	text, err := o.Readers.CreateReaderToken(ctx, want)
	o.done(opCreateToken, err)
	return text, err
}

func (o *observed) CountReads(ctx context.Context, reads []store.ReadCount) error {
	err := o.Readers.CountReads(ctx, reads)
	o.done(opCount, err)
	return err
}

func (o *observed) Revision(ctx context.Context, account int64) (string, error) {
	revision, err := o.AccountReader.Revision(ctx, account)
	o.done(opRevision, err)
	return revision, err
}

func (o *observed) ChangedSince(ctx context.Context, cursor string) (accounts []int64, next string, err error) {
	accounts, next, err = o.AccountReader.ChangedSince(ctx, cursor)
	o.done(opChanges, err)
	return accounts, next, err
}

func (o *observed) EnvVarsAt(ctx context.Context, account string) (vars []store.EnvVar, revision string, err error) {
	vars, revision, err = o.AccountReader.EnvVarsAt(ctx, account)
	o.done(opRead, err)
	return vars, revision, err
}

func (o *observed) SSHKeysAt(ctx context.Context, account string) (all []store.SSHKey, revision string, err error) {
	all, revision, err = o.AccountReader.SSHKeysAt(ctx, account)
	o.done(opRead, err)
	return all, revision, err
}

func (o *observed) ConnectionsAt(ctx context.Context, account string) (all []store.Connection, revision string, err error) {
	all, revision, err = o.AccountReader.ConnectionsAt(ctx, account)
	o.done(opRead, err)
	return all, revision, err
}
