// Package scripts owns the lives of names, told in lines: each file here is one life, with what a registrar, WHOIS,
// RDAP, the zone and an account show at each instant of it. The README has the language; the tests of this package
// play every file over real sockets, on the engine that is chosen. Style section 6.4.
//
// What a line expects was taken from the decisions and the manual, never from what the program said.
package scripts
