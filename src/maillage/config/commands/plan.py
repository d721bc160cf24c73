import argparse
import json

from maillage.config.finding import find_gathering
from maillage.config.installation import prepare_tables
from maillage.lib.typography import count, typo
from maillage.plans.refusals import CannotPlan
from maillage.plans.services import make_plan, publish_plan


def run(options: argparse.Namespace) -> int:
    prepare_tables()
    gathering = find_gathering(options.gathering)
    try:
        plan = make_plan(gathering=gathering, by="ligne de commande", seed=options.seed)
    except CannotPlan as refusal:
        lacks = [{"sentence": sentence, "ways_out": list(ways)} for sentence, ways in refusal.lacks]
        if options.json:
            print(json.dumps({"sentence": refusal.sentence, "lacks": lacks}, ensure_ascii=False, indent=2))
        else:
            print(refusal.sentence)
            for lack in lacks:
                print(f"  {lack['sentence']}")
                print("\n".join(f"    – {way}" for way in lack["ways_out"]))
        return 1
    if options.publish:
        publish_plan(plan=plan, by="ligne de commande")
    if options.json:
        answer = {"plan": str(plan.pk), "published": options.publish, "figures": plan.figures, "notes": plan.notes}
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        places = count(plan.placements.count(), "place donnée", "places données", zero="personne n’est inscrit")
        print(typo(f"Répartition faite{' et publiée' if options.publish else ''} : {places}."))
        print("\n".join(f"  {note}" for note in plan.notes))
    return 0
