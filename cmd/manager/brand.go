package main

import (
	"github.com/spf13/pflag"

	"github.com/account-operator/account-operator/internal/brand"
)

// brandConfig is whose pages and mails they are.
type brandConfig struct{ name, logoFile string }

func (c *brandConfig) brandFlags(f *pflag.FlagSet) {
	f.StringVar(&c.name, "brand-name", "", "name of the installation on pages and in mails, such as Example Cloud; left out, pages show the host")
	f.StringVar(&c.logoFile, "brand-logo-file", "", "logo on pages and in mails: a PNG or JPEG of at most 64 KiB and 1024 pixels on each side")
}

func (c *brandConfig) brand() (b brand.Brand, err error) {
	if err := brand.CheckName(c.name); err != nil {
		return b, usagef("--brand-name: %v", err)
	}
	b.Name = c.name
	if c.logoFile != "" {
		if b.Logo, err = brand.ReadLogo(c.logoFile); err != nil {
			return b, usagef("--brand-logo-file: %v", err)
		}
	}
	return b, nil
}
