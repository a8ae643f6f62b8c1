#!/usr/bin/perl
# Zonemaster's engine over several zones in one process, which its command line cannot do: what the
# peer costs when its start is paid once. Arguments: HINTS PROFILE MODULE,... ZONE...
# Prints each entry of level ERROR or CRITICAL; exit 1 when there was one.
use strict;
use warnings;
use Zonemaster::Engine;

my ( $hints, $profile, $modules, @zones ) = @ARGV;
open my $json, '<', $profile or die "$profile: $!";
Zonemaster::Engine::Profile->effective->merge(
    Zonemaster::Engine::Profile->from_json( join q{}, <$json> ) );
my %root;
open my $in, '<', $hints or die "$hints: $!";
while (<$in>) {
    push @{ $root{$1} }, $2 if /^(\S+?)\.\s+\d+\s+IN\s+(?:A|AAAA)\s+(\S+)/;
}
Zonemaster::Engine::Recursor->remove_fake_addresses('.');
Zonemaster::Engine::Recursor->add_fake_addresses( '.', \%root );
my ( $bad, $all ) = ( 0, 0 );
Zonemaster::Engine->logger->callback(
    sub {
        my ($entry) = @_;
        $all++;
        return unless $entry->level =~ /^(?:ERROR|CRITICAL)$/;
        $bad++;
        print $entry->string, "\n";
    } );
for my $zone (@zones) {
    Zonemaster::Engine->test_module( $_, $zone ) for split /,/, $modules;
}
print "entries $all\n";
exit( $bad ? 1 : 0 );
