// Package logs keeps secret values out of the logs at every level.
package logs

import "github.com/go-logr/logr"

// deepest is the last level that is ever written. From 6 on client-go writes requests, from 8 on the bodies of answers,
// and so the content of Secrets, into the logger that it finds in a context; no flag of ours shall turn that on.
const deepest = 5

// Bounded is the logger without the levels at which libraries write what passes through them.
func Bounded(l logr.Logger) logr.Logger {
	if l.GetSink() == nil {
		return l
	}
	return l.WithSink(&bounded{l.GetSink()})
}

type bounded struct{ logr.LogSink }

func (b *bounded) Enabled(level int) bool { return level <= deepest && b.LogSink.Enabled(level) }

func (b *bounded) Info(level int, msg string, keysAndValues ...any) {
	if level <= deepest {
		b.LogSink.Info(level, msg, keysAndValues...)
	}
}

func (b *bounded) WithValues(keysAndValues ...any) logr.LogSink {
	return &bounded{b.LogSink.WithValues(keysAndValues...)}
}

func (b *bounded) WithName(name string) logr.LogSink { return &bounded{b.LogSink.WithName(name)} }

// WithCallDepth implements logr.CallDepthLogSink, so that a line names its own place.
func (b *bounded) WithCallDepth(depth int) logr.LogSink {
	if inner, ok := b.LogSink.(logr.CallDepthLogSink); ok {
		return &bounded{inner.WithCallDepth(depth)}
	}
	return b
}
