"""report back to the case that opened this one, for an item of it."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

RELATIONS = "escalation: a concern sent up or down; hand_over: to the Board that leads"
MORE_RELATIONS = f"{RELATIONS}; programme: a forum, or the next year's programme; method: how a forum looks into it"
KINDS = "event: a BPMN timer event; clock: a stage or breach"
MORE_KINDS = f"{KINDS}; report: what a linked case reports, to be taken in again"
TOKENS = "event:<instance>:<bpmn id>:<item>:<round> or clock:<timescale>:<item>:<occurrence>"
MORE_TOKENS = "event:<instance>:<bpmn id>:<item>:<round>, clock:<timescale>:<item>:<occurrence> or report:<case>"


def upgrade() -> None:
    with op.batch_alter_table('case_link') as link:
        link.add_column(sa.Column('item_key', sa.Text(), nullable=True, comment="on a row 'to': the item of this case that the other was opened for"))
        link.alter_column('relation', existing_type=sa.Text(), existing_nullable=False, comment=MORE_RELATIONS, existing_comment=RELATIONS)
        link.drop_constraint(op.f('ck_case_link_relation'), type_='check')
        link.create_check_constraint(op.f('ck_case_link_relation'), "relation in ('escalation', 'hand_over', 'programme', 'method')")
    with op.batch_alter_table('timer') as timer:
        timer.alter_column('kind', existing_type=sa.Text(), existing_nullable=False, comment=MORE_KINDS, existing_comment=KINDS)
        timer.alter_column('token', existing_type=sa.Text(), existing_nullable=False, comment=MORE_TOKENS, existing_comment=TOKENS)
        timer.drop_constraint(op.f('ck_timer_kind'), type_='check')
        timer.create_check_constraint(op.f('ck_timer_kind'), "kind in ('event', 'clock', 'report')")


def downgrade() -> None:
    op.execute("delete from timer where kind = 'report'")
    op.execute("delete from case_link where relation in ('programme', 'method')")
    with op.batch_alter_table('timer') as timer:
        timer.drop_constraint(op.f('ck_timer_kind'), type_='check')
        timer.create_check_constraint(op.f('ck_timer_kind'), "kind in ('event', 'clock')")
        timer.alter_column('token', existing_type=sa.Text(), existing_nullable=False, comment=TOKENS, existing_comment=MORE_TOKENS)
        timer.alter_column('kind', existing_type=sa.Text(), existing_nullable=False, comment=KINDS, existing_comment=MORE_KINDS)
    with op.batch_alter_table('case_link') as link:
        link.drop_constraint(op.f('ck_case_link_relation'), type_='check')
        link.create_check_constraint(op.f('ck_case_link_relation'), "relation in ('escalation', 'hand_over')")
        link.alter_column('relation', existing_type=sa.Text(), existing_nullable=False, comment=RELATIONS, existing_comment=MORE_RELATIONS)
        link.drop_column('item_key')
