// Package console owns the walk through the registrar console: headless Chromium at a whole registry, as each of its
// users, with axe-core looking at every page.
package console
