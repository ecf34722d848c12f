package config_test

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

type object = map[string]any

// take is one way in which a spec takes something out of Secrets.
type take struct {
	path string // as in the schema
	kind string
	spec func(secret string) object
}

var takes = map[string]take{
	"env": {"spec.env.valueFrom.secretKeyRef", "EnvVarSet", func(s string) object {
		return env(object{"name": s, "key": "token"})
	}},
	"env, optional": {"spec.env.valueFrom.secretKeyRef", "EnvVarSet", func(s string) object {
		return env(object{"name": s, "key": "token", "optional": true})
	}},
	"env, among others": {"spec.env.valueFrom.secretKeyRef", "EnvVarSet", func(s string) object {
		return set("env", variable("PLAIN", "x"), variable("TOKEN", object{"name": s, "key": "token"}), variable("MORE", "y"))
	}},
	"envFrom": {"spec.envFrom.secretRef", "EnvVarSet", func(s string) object {
		return set("envFrom", object{"secretRef": object{"name": s}})
	}},
	"envFrom, optional": {"spec.envFrom.secretRef", "EnvVarSet", func(s string) object {
		return set("envFrom", object{"prefix": "A_", "secretRef": object{"name": s, "optional": true}})
	}},
	"envFrom, some keys": {"spec.envFrom.secretRef", "EnvVarSet", func(s string) object {
		return set("envFrom", object{"secretRef": object{"name": s}, "keys": object{"include": list("^A")}})
	}},
	"envFrom, by label": {"spec.envFrom.secretSelector", "EnvVarSet", func(s string) object {
		if s == "mine" {
			return set("envFrom", object{"secretRef": object{"name": s}})
		}
		return set("envFrom", object{"secretSelector": object{"matchLabels": object{"of": s}}})
	}},
	"dotenv": {"spec.dotenv.secretKeyRef", "EnvVarSet", func(s string) object {
		return set("dotenv", object{"inline": "A=1"}, object{"secretKeyRef": object{"name": s, "key": ".env"}})
	}},
	"dotenv, optional": {"spec.dotenv.secretKeyRef", "EnvVarSet", func(s string) object {
		return set("dotenv", object{"secretKeyRef": object{"name": s, "key": ".env", "optional": true}})
	}},
	"Amazon S3": {"spec.amazonS3.credentialsSecretRef", "CloudConnection", func(s string) object {
		return connection("AmazonS3", "amazonS3", object{"bucket": "data", "region": "eu-central-1", "credentialsSecretRef": object{"name": s}})
	}},
	"Backblaze": {"spec.backblaze.credentialsSecretRef", "CloudConnection", func(s string) object {
		return connection("Backblaze", "backblaze", object{"bucket": "data", "region": "us-west-004", "credentialsSecretRef": object{"name": s}})
	}},
	"Dropbox": {"spec.dropbox.credentialsSecretRef", "CloudConnection", func(s string) object {
		return connection("Dropbox", "dropbox", object{"credentialsSecretRef": object{"name": s}})
	}},
}

func set(field string, items ...any) object { return object{field: items} }

func list(items ...any) []any { return items }

func env(ref object) object { return set("env", variable("TOKEN", ref)) }

// variable has a value, or a reference to a key of a Secret.
func variable(name string, of any) object {
	if ref, is := of.(object); is {
		return object{"name": name, "valueFrom": object{"secretKeyRef": ref}}
	}
	return object{"name": name, "value": of}
}

func connection(kind, field string, of object) object {
	return object{"type": kind, field: of}
}

// object is one of our kinds in this place; each call has a spec of its own.
func (p *place) object(kind, name string, spec object) *unstructured.Unstructured {
	spec = maps.Clone(spec)
	o := child(kind, name, spec)
	o.SetNamespace(p.namespace)
	return o
}

// inOrder returns the names of a table in a stable order.
func inOrder[T any](table map[string]T) []string { return slices.Sorted(maps.Keys(table)) }
