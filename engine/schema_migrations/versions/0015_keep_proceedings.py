"""keep proceedings."""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('proceeding',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False, comment='1, 2, ... within the case'),
    sa.Column('version', sa.Integer(), nullable=False, comment='number of its newest version'),
    sa.Column('submit_key', sa.Text(), nullable=True, comment='so that the same click twice records them once'),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_proceeding_board_id_board')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_proceeding_case_id_case')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proceeding')),
    sa.UniqueConstraint('case_id', 'number', name=op.f('uq_proceeding_case_id_number')),
    sa.UniqueConstraint('submit_key', name=op.f('uq_proceeding_submit_key'))
    )
    op.create_table('proceeding_version',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('proceeding_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('stage', sa.Text(), nullable=False, comment='void: recorded by mistake, counts for nothing'),
    sa.Column('from_on', sa.Date(), nullable=False, comment='the first day of the proceedings'),
    sa.Column('to_on', sa.Date(), nullable=True, comment='their last day, once they are over'),
    sa.Column('waits', sa.Text(), nullable=False, comment='keys of what waits for them; empty: nothing'),
    sa.Column('why', sa.LargeBinary(), nullable=False, comment='why a version was recorded anew'),
    sa.Column('author', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind in ('criminal', 'inquest', 'care', 'other')", name=op.f('ck_proceeding_version_kind')),
    sa.CheckConstraint("stage in ('investigation', 'opened', 'hearings', 'outcome', 'appeal', 'over', 'void')", name=op.f('ck_proceeding_version_stage')),
    sa.CheckConstraint('to_on is null or from_on <= to_on', name=op.f('ck_proceeding_version_days')),
    sa.ForeignKeyConstraint(['author'], ['account.id'], name=op.f('fk_proceeding_version_author_account')),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_proceeding_version_board_id_board')),
    sa.ForeignKeyConstraint(['proceeding_id'], ['proceeding.id'], name=op.f('fk_proceeding_version_proceeding_id_proceeding')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proceeding_version')),
    sa.UniqueConstraint('proceeding_id', 'number', name=op.f('uq_proceeding_version_proceeding_id_number'))
    )


def downgrade() -> None:
    op.drop_table('proceeding_version')
    op.drop_table('proceeding')
